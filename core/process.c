// SPDX-License-Identifier: MIT
/* What others know: the operating system of the process, the build of itself. */
#include <mica/mica.h>
#include <mica/port.h>

bool mica_process(struct mica_process *process)
{
	struct mica_process now;

	if (!process || !mica_port_process(&now))
		return false;
	*process = now;
	return true;
}

unsigned int mica_version(void)
{
	return MICA_VERSION;
}
