/* SPDX-License-Identifier: MIT */
/*
 * The module of the page: workloads that go on step by step, so that the heap can be
 * drawn in between, and the heap's snapshot.
 *
 * A step is one call of malloc, free or realloc, or two of them. A block that
 * could not be had is counted, and the workload goes on without it. What is drawn is
 * mica's heap alone: the table of blocks is static data, below __heap_base.
 */
#include <mica/mica.h>

#define EXPORT(name) __attribute__((export_name(#name))) name
#define LEN(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

enum {
	SLOTS = 16384, PIECE = 16384,
	MIXED = 8000,
	REQUESTS = 400, REQUEST_BLOCKS = 24, WAVE = 6000,
	VECTORS = 48, VECTOR_MOST = 65536,
	HOLES = 6000,
	LARGE = 12,
	SWEEP_BYTES = 262144,
};

__attribute__((import_module("page"), import_name("write")))
void page_write(const char *text, size_t len);

struct block {
	void *p;
	size_t size;
};

static struct block slots[SLOTS];
static uint32_t random_state = 2463534242u;
static uint32_t at, phase;	/* where a workload is; 0 at its begin */
static size_t asked;
static uint32_t operations, failures;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (uint32_t)((uint64_t)random_state * n >> 32);
}

static size_t random_between(uint32_t low, uint32_t high)
{
	return low + random_below(high - low + 1);
}

/* Small ones are as frequent as large ones of twice the size. */
static size_t random_power(uint32_t low, uint32_t doublings)
{
	uint32_t base = low << random_below(doublings);

	return random_between(base, 2 * base - 1);
}

static void put(struct block *b)
{
	if (!b->p)
		return;
	mica_free(b->p);
	operations++;
	asked -= b->size;
	b->p = NULL;
}

static void get(struct block *b, size_t size)
{
	put(b);
	b->p = mica_malloc(size);
	b->size = size;
	operations++;
	if (b->p)
		asked += size;
	else
		failures++;
}

/* ---- workloads ---------------------------------------------------------------------- */

static void step_mixed(void)
{
	get(&slots[random_below(MIXED)], random_between(8, 512));
}

/* How many requests are served at once goes up and down. */
static void step_requests(void)
{
	static uint32_t active;
	uint32_t wave = at++ % WAVE, high = wave < WAVE / 2 ? wave : WAVE - wave;
	struct block *request = &slots[random_below(REQUESTS) * REQUEST_BLOCKS];
	bool more = active < 20 + high * (REQUESTS - 40) / (WAVE / 2);

	if (at == 1)
		active = 0;
	if (more != !request->p)
		return;
	for (uint32_t i = 0; i < REQUEST_BLOCKS; i++) {
		if (more)
			get(&request[i], random_power(16, 7));
		else
			put(&request[i]);
	}
	active += more ? 1 : -1u;
}

static void step_vectors(void)
{
	struct block *b = &slots[random_below(VECTORS)];
	size_t size = b->p ? b->size + b->size / 2 : 16;
	void *p;

	if (size > VECTOR_MOST) {
		put(b);
		return;
	}
	if (!b->p) {
		get(b, size);
		return;
	}
	p = mica_realloc(b->p, size);
	operations++;
	if (!p) {
		failures++;
		return;
	}
	asked += size - b->size;
	*b = (struct block){ p, size };
}

/* Up, and down from where it began. */
static void step_fill(void)
{
	if (phase % 2)
		put(&slots[at]);
	else
		get(&slots[at], 16);
	if (++at == SLOTS) {
		at = 0;
		phase++;
	}
}

/* Small blocks; every second one goes; larger ones find no room between; all go. */
static void step_holes(void)
{
	static const unsigned char stride[] = { 1, 2, 4, 1 };

	if (phase % 2)
		put(&slots[at]);
	else if (phase == 0)
		get(&slots[at], random_between(16, 255));
	else
		get(&slots[at], random_between(300, 700));
	at += stride[phase];
	if (at >= HOLES) {
		at = 0;
		phase = (phase + 1) % LEN(stride);
	}
}

static void step_large(void)
{
	get(&slots[random_below(LARGE)], random_between(PIECE, 16 * PIECE));
}

/* Blocks of one size until there are so many bytes, which go in another order. */
static void step_sweep(void)
{
	size_t size = (size_t)16 << phase;
	uint32_t n = (uint32_t)(SWEEP_BYTES / size);

	if (at < n)
		get(&slots[at], size);
	else
		put(&slots[(at - n) * 7919u % n]);
	if (++at == 2 * n) {
		at = 0;
		phase = (phase + 1) % 12;
	}
}

static const struct work {
	const char *name, *text;
	void (*step)(void);
} works[] = {
	{ "mixed", "8000 blocks of 8 to 512 bytes; a random one is replaced", step_mixed },
	{ "requests", "requests of 24 blocks, 16 bytes to 2 KiB; load comes in waves", step_requests },
	{ "vectors", "48 vectors that grow by half, to 64 KiB", step_vectors },
	{ "fill", "16384 blocks of 16 bytes come, then go", step_fill },
	{ "holes", "every second small block goes; larger ones come", step_holes },
	{ "large", "12 blocks of 16 to 256 KiB; a random one is replaced", step_large },
	{ "sweep", "256 KiB in blocks of 16 bytes, then of 32, to 32 KiB", step_sweep },
};
static const struct work *work = works;

/* ---- for the page ----------------------------------------------------------------------- */

uint32_t EXPORT(heap_works)(void);
const char *EXPORT(heap_work_name)(uint32_t k);
const char *EXPORT(heap_work_text)(uint32_t k);
void EXPORT(heap_begin)(uint32_t k);
void EXPORT(heap_step)(uint32_t n);
void EXPORT(heap_free_all)(void);
size_t EXPORT(heap_asked)(void);
uint32_t EXPORT(heap_operations)(void);
uint32_t EXPORT(heap_failures)(void);
int EXPORT(heap_snapshot)(void);

uint32_t heap_works(void)
{
	return LEN(works);
}

/* Beyond the last there is none: NULL. */
const char *heap_work_name(uint32_t k)
{
	return k < LEN(works) ? works[k].name : NULL;
}

const char *heap_work_text(uint32_t k)
{
	return k < LEN(works) ? works[k].text : NULL;
}

void heap_begin(uint32_t k)
{
	heap_free_all();
	if (k < LEN(works))
		work = &works[k];
}

void heap_step(uint32_t n)
{
	while (n--)
		work->step();
}

void heap_free_all(void)
{
	for (uint32_t i = 0; i < SLOTS; i++)
		put(&slots[i]);
	at = phase = 0;
}

size_t heap_asked(void)
{
	return asked;
}

uint32_t heap_operations(void)
{
	return operations;
}

uint32_t heap_failures(void)
{
	return failures;
}

/* ---- the snapshot, in pieces ---------------------------------------------------------------- */

static char piece[PIECE];
static size_t piece_len;

static void piece_end(void)
{
	page_write(piece, piece_len);
	piece_len = 0;
}

static void piece_add(void *context, const char *text, size_t len)
{
	(void)context;
	for (size_t i = 0; i < len; i++) {
		if (piece_len == PIECE)
			piece_end();
		piece[piece_len++] = text[i];
	}
}

int heap_snapshot(void)
{
	static const struct mica_output output = { .write = piece_add };
	int status = mica_snapshot(&output);

	piece_end();
	return status;
}
