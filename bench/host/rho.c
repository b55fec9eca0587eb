/* SPDX-License-Identifier: MIT */
/*
 * rho: a factoring program whose every number is a block.
 *
 * In the manner of cfrac: Pollard's rho on big numbers of 16-bit limbs, least
 * first, each operation returning a new number and freeing its operands.
 * Nearly all blocks are tiny and live for a moment.
 */
#include "work.h"

struct number {
	uint32_t length;
	uint16_t limb[];
};

static struct number *number_new(uint32_t length)
{
	struct number *n = malloc(sizeof(*n) + length * sizeof(n->limb[0]));

	if (!n)
		die("out of memory");
	n->length = length;
	memset(n->limb, 0, length * sizeof(n->limb[0]));
	return n;
}

static struct number *number_trim(struct number *n)
{
	while (n->length && !n->limb[n->length - 1])
		n->length--;
	return n;
}

static struct number *number_from(uint64_t value)
{
	struct number *n = number_new(4);

	for (int i = 0; i < 4; i++)
		n->limb[i] = (uint16_t)(value >> (16 * i));
	return number_trim(n);
}

static struct number *number_copy(const struct number *a)
{
	struct number *n = number_new(a->length);

	memcpy(n->limb, a->limb, a->length * sizeof(n->limb[0]));
	return n;
}

static int compare(const struct number *a, const struct number *b)
{
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	for (uint32_t i = a->length; i--;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

/* a - b, where a >= b; eats a. */
static struct number *subtract(struct number *a, const struct number *b)
{
	struct number *n = number_new(a->length);
	int32_t carry = 0;

	for (uint32_t i = 0; i < a->length; i++) {
		carry += a->limb[i] - (i < b->length ? b->limb[i] : 0);
		n->limb[i] = (uint16_t)carry;
		carry >>= 16;
	}
	free(a);
	return number_trim(n);
}

/* a * b + small; eats nothing. */
static struct number *multiply(const struct number *a, const struct number *b,
			       uint32_t small)
{
	struct number *n = number_new(a->length + b->length + 1);

	n->limb[0] = (uint16_t)small;
	for (uint32_t i = 0; i < a->length; i++) {
		uint32_t carry = 0;

		for (uint32_t j = 0; j < b->length; j++) {
			carry += (uint32_t)a->limb[i] * b->limb[j] + n->limb[i + j];
			n->limb[i + j] = (uint16_t)carry;
			carry >>= 16;
		}
		for (uint32_t j = i + b->length; carry; j++) {
			carry += n->limb[j];
			n->limb[j] = (uint16_t)carry;
			carry >>= 16;
		}
	}
	return number_trim(n);
}

/* a * 2 + bit; eats a. */
static struct number *twice(struct number *a, uint32_t bit)
{
	struct number *n = number_new(a->length + 1);

	for (uint32_t i = 0; i < a->length; i++) {
		bit |= (uint32_t)a->limb[i] << 1;
		n->limb[i] = (uint16_t)bit;
		bit >>= 16;
	}
	n->limb[a->length] = (uint16_t)bit;
	free(a);
	return number_trim(n);
}

/* a mod m, bit by bit; eats a. */
static struct number *reduce(struct number *a, const struct number *m)
{
	struct number *rest = number_from(0);

	for (uint32_t i = a->length * 16; i--;) {
		rest = twice(rest, (a->limb[i / 16] >> (i % 16)) & 1);
		if (compare(rest, m) >= 0)
			rest = subtract(rest, m);
	}
	free(a);
	return rest;
}

static struct number *step(struct number *x, const struct number *m)
{
	struct number *square = multiply(x, x, 1);

	free(x);
	return reduce(square, m);
}

/* Greatest common divisor; eats a. */
static struct number *gcd(struct number *a, const struct number *m)
{
	struct number *b = number_copy(m);

	while (a->length) {
		struct number *rest = reduce(b, a);

		b = a;
		a = rest;
	}
	free(a);
	return b;
}

static struct number *difference(const struct number *a, const struct number *b)
{
	return compare(a, b) >= 0 ? subtract(number_copy(a), b)
				  : subtract(number_copy(b), a);
}

int main(int argc, char **argv)
{
	struct number *m = number_from(1000003ull * 998244353ull);
	struct number *slow = number_from(2), *fast = number_from(2);
	struct number *one = number_from(1), *product = number_copy(one);
	long steps = work_amount(argc, argv, 54000);
	uint32_t sum = 0;

	for (long i = 1; i <= steps; i++) {
		struct number *d;

		slow = step(slow, m);
		fast = step(step(fast, m), m);
		d = gcd(difference(slow, fast), m);
		if (compare(d, one) && compare(d, m))
			sum += d->limb[0];
		free(d);
	}
	printf("%u\n", sum);
	free(product);
	free(one);
	free(slow);
	free(fast);
	free(m);
	return 0;
}
