/* SPDX-License-Identifier: MIT */
/*
 * Plugins that come and go, and the dynamic linker's own blocks with them.
 *
 * modes: preload linked
 * helper: helper_plugin.c
 */
#include "expect.h"

int main(void)
{
	for (int i = 0; i < 50; i++) {
		void *plugin = dlopen(getenv("HELPER"), RTLD_NOW);
		char *(*greeting)(void), *text;

		EXPECT(plugin);
		greeting = (char *(*)(void))dlsym(plugin, "plugin_greeting");
		EXPECT(greeting);
		text = greeting();
		EXPECT_MICA(text);
		EXPECT(dlclose(plugin) == 0);
		EXPECT(strcmp(text, "from the plugin") == 0);
		free(text);
		EXPECT(dlsym(RTLD_DEFAULT, "no_such_name") == NULL);
		EXPECT(dlerror());
	}
	EXPECT(MICA(mica_check)() == 0);
	return 0;
}
