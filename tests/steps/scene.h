/* SPDX-License-Identifier: MIT */
/*
 * What a stepped call finds: live blocks with known content, a path through
 * mica that the next call takes, and a block for the interrupt to free.
 */
#ifndef STEPS_SCENE_H
#define STEPS_SCENE_H

#include "step.h"
#include "tests/harness.h"

#define SMALL 24u		/* the class that paths are about */
#define OTHER 40u		/* the class of a victim in another page */
#define RUN 200u		/* no class's: a run */

/* What the interrupt does. */
enum victim {
	VICTIM_PAGE,		/* above the guard: free a block of a page */
	VICTIM_SAME,		/* one of the page, or beside the run, at hand */
	VICTIM_RUN,		/* a run */
	VICTIMS,
	AT_GUARD = VICTIMS,	/* kept out by the guard: malloc and free */
	KINDS,
};

enum op { OP_MALLOC, OP_ALIGNED, OP_FREE, OP_REALLOC, OP_COLLECT };

/**
 * struct path - a way through mica
 * @name: its
 * @setup: prepares it, in an arena that has nothing but the victims
 * @op: what is called then
 * @size: argument of malloc, aligned and realloc
 * @counter: offset of the field of struct mica_stats that tells it
 * @moves: by how much that moves
 * @starved: malloc may fail in it, in the interrupt too
 */
struct path {
	const char *name;
	void (*setup)(const struct path *path);
	enum op op;
	size_t size;
	size_t counter;
	unsigned int moves;
	bool starved;
};

#define COUNTER(name) offsetof(struct mica_stats, name)

/** scene_counter() - the counter of @path now */
uint32_t scene_counter(size_t counter);

/** scene_keep() - a live block; Return: its number, or -1 when there is none */
int scene_keep(size_t size);

/** scene_hog() - the same, of unknown content */
int scene_hog(size_t size);

/** scene_drop() - free live block @number */
void scene_drop(int number);

/** scene_open() - live blocks of @size until they come from a new page;
 * Return: the number of the first in it */
int scene_open(size_t size);

/** scene_subject() - live block @number is what the call frees or resizes */
void scene_subject(int number);

/** scene_same() - live block @number is the victim of VICTIM_SAME */
void scene_same(int number);

/** scene_plant() - the interrupt's block has been deferred already */
void scene_plant(void);

/** scene_step() - go @path at every instruction, with each kind of interrupt */
void scene_step(const struct path *path);

#endif
