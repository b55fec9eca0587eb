/* SPDX-License-Identifier: MIT */
/* A plugin that allocates when it comes and frees when it goes. */
#include <stdlib.h>
#include <string.h>

static char *greeting;

__attribute__((constructor)) static void plugin_begin(void)
{
	greeting = strdup("from the plugin");
}

__attribute__((destructor)) static void plugin_end(void)
{
	free(greeting);
}

char *plugin_greeting(void)
{
	return strdup(greeting);
}
