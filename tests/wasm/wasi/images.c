/* SPDX-License-Identifier: MIT */
/*
 * An existing C library through wasi-libc, on mica: the stb images and hash maps of
 * Debian's libstb-dev. Pictures are packed as PNG and unpacked again, while a map
 * of names holds some of them. Exit status 0: all came back as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>
#define STB_DS_IMPLEMENTATION
#include <stb/stb_ds.h>

#include "mine.h"

enum { ROUNDS = 60, KEPT = 8 };

struct packed {
	unsigned char *bytes;	/* stb_ds: an array that grows */
	int width, height, seed;
};

struct entry {
	char *key;
	struct packed value;
};

static unsigned char pixel(int seed, int k)
{
	return (unsigned char)((k * 7 + k / 97 * seed) ^ (k >> 5));
}

static void pack_more(void *context, void *data, int size)
{
	unsigned char **bytes = context;

	memcpy(arraddnptr(*bytes, size), data, (size_t)size);
}

static struct packed pack(int seed)
{
	struct packed p = { NULL, 40 + seed * 3, 30 + seed * 5 % 70, seed };
	int k, n = p.width * p.height * 3;
	unsigned char *raw = malloc((size_t)n);

	for (k = 0; raw && k < n; k++)
		raw[k] = pixel(seed, k);
	if (!raw || !stbi_write_png_to_func(pack_more, &p.bytes, p.width, p.height,
					    3, raw, p.width * 3))
		exit(1);
	free(raw);
	return p;
}

static int is_whole(const struct packed *p)
{
	int width, height, channels, k, good;
	unsigned char *raw = stbi_load_from_memory(p->bytes, (int)arrlen(p->bytes),
						   &width, &height, &channels, 3);

	good = raw && width == p->width && height == p->height;
	for (k = 0; good && k < width * height * 3; k++)
		good = raw[k] == pixel(p->seed, k);
	stbi_image_free(raw);
	return good;
}

int main(void)
{
	struct entry *map = NULL;
	char name[32];
	int k;

	sh_new_strdup(map);
	for (k = 0; k < ROUNDS; k++) {
		snprintf(name, sizeof(name), "picture %d", k);
		shput(map, name, pack(k));
		if (k < KEPT)
			continue;
		snprintf(name, sizeof(name), "picture %d", k - KEPT);
		if (!is_whole(&shgetp(map, name)->value))
			return 2;
		arrfree(shgetp(map, name)->value.bytes);
		shdel(map, name);
	}
	if (!is_micas(map[0].key) || shlen(map) != KEPT || mica_check())
		return 3;
	printf("%d pictures\n", k);
	return 0;
}
