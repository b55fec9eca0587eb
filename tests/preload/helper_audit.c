/* SPDX-License-Identifier: MIT */
/* An auditor: the dynamic linker calls it before anything else, and often. */
#include <link.h>
#include <stdlib.h>

unsigned int la_version(unsigned int version)
{
	free(malloc(100));
	return version;
}

unsigned int la_objopen(struct link_map *map, Lmid_t namespace,
			uintptr_t *cookie)
{
	(void)map;
	(void)namespace;
	*cookie = (uintptr_t)malloc(10);
	return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}
