/* SPDX-License-Identifier: MIT */
/*
 * Allocators for the containers of C++; mimalloc.h includes this. One takes from
 * the current heap. The two others hold a heap of their own, shared by all
 * copies of the allocator and let go of with the last one; or one of the
 * program's, which stays the program's business.
 */
#ifndef MIMALLOC_STL_H
#define MIMALLOC_STL_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include "mimalloc.h"

#define MI_HAS_HEAP_STL_ALLOCATOR 1

template <class T> struct mi_stl_allocator {
	using value_type = T;
	using is_always_equal = std::true_type;
	using propagate_on_container_copy_assignment = std::true_type;
	using propagate_on_container_move_assignment = std::true_type;
	using propagate_on_container_swap = std::true_type;
	template <class U> struct rebind { using other = mi_stl_allocator<U>; };

	mi_stl_allocator() noexcept = default;
	template <class U> mi_stl_allocator(const mi_stl_allocator<U> &) noexcept {}
	T *allocate(std::size_t n) { return static_cast<T *>(mi_new_n(n, sizeof(T))); }
	void deallocate(T *p, std::size_t) noexcept { mi_free(p); }
};

template <class T, class U>
bool operator==(const mi_stl_allocator<T> &, const mi_stl_allocator<U> &) noexcept { return true; }
template <class T, class U>
bool operator!=(const mi_stl_allocator<T> &, const mi_stl_allocator<U> &) noexcept { return false; }

/* What the two of a heap have in common: the heap. */
struct _mi_stl_heap {
	std::shared_ptr<mi_heap_t> heap;

	explicit _mi_stl_heap(mi_heap_t *lent) : heap(lent, [](mi_heap_t *) {}) {}
	explicit _mi_stl_heap(void (*end)(mi_heap_t *))
	{
		mi_heap_t *own = mi_heap_new();

		if (!own)
			throw std::bad_alloc();
		heap.reset(own, end);
	}
	void collect(bool force) { mi_heap_collect(heap.get(), force); }
};

/* @destroy: here nothing is freed before the heap is, and then all at once. */
template <class T, bool destroy> struct _mi_heap_stl_allocator : _mi_stl_heap {
	using value_type = T;
	using is_always_equal = std::false_type;
	using propagate_on_container_copy_assignment = std::true_type;
	using propagate_on_container_move_assignment = std::true_type;
	using propagate_on_container_swap = std::true_type;
	template <class U> struct rebind { using other = _mi_heap_stl_allocator<U, destroy>; };

	_mi_heap_stl_allocator() : _mi_stl_heap(destroy ? mi_heap_destroy : mi_heap_delete) {}
	_mi_heap_stl_allocator(mi_heap_t *lent) : _mi_stl_heap(lent) {}
	template <class U>
	_mi_heap_stl_allocator(const _mi_heap_stl_allocator<U, destroy> &x) noexcept : _mi_stl_heap(x) {}
	T *allocate(std::size_t n) { return static_cast<T *>(mi_heap_alloc_new_n(heap.get(), n, sizeof(T))); }
	void deallocate(T *p, std::size_t) noexcept
	{
		if (!destroy)
			mi_free(p);
	}
};

template <class T> using mi_heap_stl_allocator = _mi_heap_stl_allocator<T, false>;
template <class T> using mi_heap_destroy_stl_allocator = _mi_heap_stl_allocator<T, true>;

inline bool operator==(const _mi_stl_heap &x, const _mi_stl_heap &y) noexcept { return x.heap == y.heap; }
inline bool operator!=(const _mi_stl_heap &x, const _mi_stl_heap &y) noexcept { return x.heap != y.heap; }

#endif
