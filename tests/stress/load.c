/* SPDX-License-Identifier: MIT */
/* The operations of a random load. See load.h. */
#include "load.h"

static size_t pick_size(struct load *l)
{
	return random_size(&l->random, l->size_bits);
}

static unsigned int pick_block(struct load *l)
{
	return random_below(&l->random, l->model->nr);
}

/* Enters @p into the model, or counts the refusal. */
static void made(struct load *l, void *p, size_t size, size_t align)
{
	if (p)
		model_add(l->model, p, size, align);
	else
		l->refused++;
}

static void op_malloc(struct load *l)
{
	size_t size = pick_size(l);

	made(l, mica_malloc(size), size, MICA_GRANULE);
}

static void op_zalloc(struct load *l)
{
	size_t size = pick_size(l);
	void *p = mica_zalloc(size);

	CHECK(!p || size > 65536 || all_zero(p, size));
	made(l, p, size, MICA_GRANULE);
}

static void op_aligned(struct load *l)
{
	size_t align = (size_t)1 << random_below(&l->random, 9);
	size_t size = pick_size(l);

	made(l, mica_malloc_aligned(size, align), size, align);
}

static void op_free(struct load *l)
{
	if (l->model->nr)
		mica_free(model_take(l->model, pick_block(l)));
}

static void op_realloc(struct load *l)
{
	size_t size = pick_size(l);
	unsigned int i;
	void *p;

	if (!l->model->nr)
		return;
	i = pick_block(l);
	p = mica_realloc((void *)l->model->blocks[i].addr, size);
	if (p)
		model_moved(l->model, i, p, size, MICA_GRANULE);
	else
		l->refused += model_verify(l->model, i);
}

static void op_expand(struct load *l)
{
	size_t size = pick_size(l);
	unsigned int i;
	void *p;

	if (!l->model->nr)
		return;
	i = pick_block(l);
	p = mica_expand((void *)l->model->blocks[i].addr, size);
	CHECK(!p || p == (void *)l->model->blocks[i].addr);
	if (p)
		model_moved(l->model, i, p, size, 1);
	else
		model_verify(l->model, i);
}

static void step(struct load *l)
{
	static void (*const ops[])(struct load *) = {
		op_malloc, op_malloc, op_malloc, op_zalloc, op_aligned,
		op_free, op_free, op_free, op_realloc, op_expand,
	};
	size_t n = sizeof(ops) / sizeof(ops[0]);

	if (l->model->nr >= l->max_blocks || l->model->bytes >= l->max_bytes)
		op_free(l);
	else
		ops[random_below(&l->random, (uint32_t)n)](l);
}

void load_run(struct load *l, unsigned int n)
{
	while (n-- && !test_failed())
		step(l);
}

void load_end(struct load *l)
{
	model_verify_all(l->model);
	model_free_all(l->model);
}
