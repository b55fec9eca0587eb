// SPDX-License-Identifier: MIT
/* What a module may bring, and what there is if it does not. */
#include <mica/port.h>

__attribute__((weak)) void mica_wasm_console(const char *text, size_t len)
{
	(void)text, (void)len;
}

#if MICA_PORT_GROWS

/* Memory has one source, which is none: see MICA_PORT_GROWS. */
const struct mica_provider *mica_port_provider(void)
{
	return NULL;
}

#endif

__attribute__((weak)) uint64_t mica_port_clock_ms(void)
{
	return 0;
}

__attribute__((weak)) uint64_t mica_port_random(void)
{
	return 0x9e3779b97f4a7c15;
}

void mica_port_console(const char *text, size_t len)
{
	mica_wasm_console(text, len);
}

void mica_port_stop(void)
{
	__builtin_trap();
}
