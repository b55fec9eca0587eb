/* SPDX-License-Identifier: MIT */
/* Linux: contexts are threads, found by one initial-exec TLS word. */
#ifndef MICA_PORT_LINUX_H
#define MICA_PORT_LINUX_H

extern __thread struct mica_part *mica_port_part_word
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

static inline struct mica_part **mica_port_part(void)
{
	return &mica_port_part_word;
}

#define MICA_PORT_RELAX 1
void mica_port_relax(unsigned int spins);

#define MICA_PORT_PROCESS 1
bool mica_port_process(struct mica_process *process);

#define MICA_PORT_HUGE 1
const struct mica_port_huge *mica_port_huge(void);

#include "../generic.h"

#endif
