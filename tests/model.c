/* SPDX-License-Identifier: MIT */
/* The shadow model's treap. See model.h. */
#include "model.h"

static struct model_block blocks[MODEL_BLOCKS];

struct model model_main = {
	.blocks = blocks,
	.capacity = MODEL_BLOCKS,
};

void model_reset(struct model *m)
{
	m->nr = 0;
	m->root = 0;
	m->bytes = 0;
}

static struct model_block *at(const struct model *m, uint16_t link)
{
	return &m->blocks[link - 1];
}

/* Splits the treap @t: keys below @addr to *@low, the others to *@high. */
static void split(struct model *m, uint16_t t, uintptr_t addr, uint16_t *low,
		  uint16_t *high)
{
	while (t) {
		if (at(m, t)->addr < addr) {
			*low = t;
			low = &at(m, t)->right;
			t = *low;
		} else {
			*high = t;
			high = &at(m, t)->left;
			t = *high;
		}
	}
	*low = 0;
	*high = 0;
}

/* The treap of all of @low and @high; every key of @low is the smaller. */
static uint16_t join(struct model *m, uint16_t low, uint16_t high)
{
	uint16_t root = 0;
	uint16_t *link = &root;

	while (low && high) {
		if (at(m, low)->seed > at(m, high)->seed) {
			*link = low;
			link = &at(m, low)->right;
			low = *link;
		} else {
			*link = high;
			link = &at(m, high)->left;
			high = *link;
		}
	}
	*link = low ? low : high;
	return root;
}

static void insert(struct model *m, uint16_t block)
{
	uint16_t low, high;

	split(m, m->root, at(m, block)->addr, &low, &high);
	at(m, block)->left = 0;
	at(m, block)->right = 0;
	m->root = join(m, join(m, low, block), high);
}

/* The link that leads to the block at @addr, which is in the treap. */
static uint16_t *link_to(struct model *m, uintptr_t addr)
{
	uint16_t *link = &m->root;

	while (at(m, *link)->addr != addr)
		link = addr < at(m, *link)->addr ? &at(m, *link)->left
						 : &at(m, *link)->right;
	return link;
}

static void erase(struct model *m, unsigned int index)
{
	uint16_t *link = link_to(m, m->blocks[index].addr);
	struct model_block *b = at(m, *link);
	unsigned int last;

	*link = join(m, b->left, b->right);
	m->bytes -= b->size;
	last = --m->nr;
	if (index == last)
		return;
	*link_to(m, m->blocks[last].addr) = (uint16_t)(index + 1);
	m->blocks[index] = m->blocks[last];
}

/* Does [@addr, @addr + @size) meet no block? Zero bytes count as one. */
static bool lies_apart(const struct model *m, uintptr_t addr, size_t size)
{
	const struct model_block *below = NULL, *above = NULL;
	uint16_t t = m->root;

	while (t) {
		const struct model_block *b = at(m, t);

		if (b->addr <= addr) {
			below = b;
			t = b->right;
		} else {
			above = b;
			t = b->left;
		}
	}
	if (below && below->addr + (below->size ? below->size : 1) > addr)
		return false;
	return !above || addr + (size ? size : 1) <= above->addr;
}

bool model_add(struct model *m, void *p, size_t size, size_t align)
{
	uintptr_t addr = (uintptr_t)p;
	struct model_block *b = &m->blocks[m->nr];

	if (!CHECK(p) || !CHECK_INV(7, !(addr & (align - 1))) ||
	    !CHECK_INV(7, lies_apart(m, addr, size)) ||
	    !CHECK(m->nr < m->capacity))
		return false;
	m->next_seed = m->next_seed * 1664525u + 1013904223u;
	b->addr = addr;
	b->size = size;
	b->seed = m->next_seed;
	m->nr++;
	m->bytes += size;
	insert(m, (uint16_t)m->nr);
	fill(p, size, b->seed);
	return true;
}

bool model_verify(const struct model *m, unsigned int index)
{
	const struct model_block *b = &m->blocks[index];

	return CHECK_INV(7, filled((void *)b->addr, b->size, b->seed));
}

bool model_verify_all(const struct model *m)
{
	for (unsigned int i = 0; i < m->nr; i++)
		if (!model_verify(m, i))
			return false;
	return true;
}

void *model_take(struct model *m, unsigned int index)
{
	void *p = (void *)m->blocks[index].addr;

	model_verify(m, index);
	erase(m, index);
	return p;
}

bool model_moved(struct model *m, unsigned int index, void *p, size_t size,
		 size_t align)
{
	struct model_block old = m->blocks[index];

	if (!CHECK(p))
		return false;
	CHECK_INV(7, filled_before(p, size, old.size, old.seed));
	erase(m, index);
	return model_add(m, p, size, align);
}

void model_free_all(struct model *m)
{
	while (m->nr)
		mica_free(model_take(m, m->nr - 1));
}
