// SPDX-License-Identifier: MIT
//! mica as the allocator of a Rust program for WebAssembly:
//!
//!     rustc --target wasm32-unknown-unknown --crate-type cdylib -O \
//!         -C link-arg=build/wasm/libmica-plain.a examples/wasm/mica.rs
//!
//! What is below `example` is all that a program needs.
use std::alloc::{GlobalAlloc, Layout};

extern "C" {
    fn mica_malloc_aligned(size: usize, align: usize) -> *mut u8;
    fn mica_zalloc_aligned(size: usize, align: usize) -> *mut u8;
    fn mica_realloc_aligned(block: *mut u8, size: usize, align: usize) -> *mut u8;
    fn mica_malloc(size: usize) -> *mut u8;
    fn mica_free(block: *mut u8);
}

/// What every block of mica's is aligned to.
const GRANULE: usize = 16;

struct Mica;

unsafe impl GlobalAlloc for Mica {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= GRANULE {
            mica_malloc(layout.size())
        } else {
            mica_malloc_aligned(layout.size(), layout.align())
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        mica_zalloc_aligned(layout.size(), layout.align())
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        mica_free(block)
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        mica_realloc_aligned(block, size, layout.align())
    }
}

#[global_allocator]
static MICA: Mica = Mica;

/// The number of words and of letters in what was counted: 1000 and 100 times 7890.
#[no_mangle]
pub extern "C" fn example() -> usize {
    use std::collections::BTreeMap;
    let mut words: BTreeMap<String, Vec<u32>> = BTreeMap::new();

    for k in 0..100_000u32 {
        words.entry(format!("word {}", k % 1000)).or_default().push(k);
    }
    let letters: usize = words.iter().map(|(w, at)| w.len() * at.len()).sum();
    words.len() * 1_000_000 + letters
}

/// Blocks of large alignment, and a vector that grows to `bytes`.
#[no_mangle]
pub extern "C" fn grow(bytes: usize) -> usize {
    #[repr(align(256))]
    struct Wide(u8);
    let wide: Vec<Box<Wide>> = (0..100u8).map(|k| Box::new(Wide(k))).collect();
    let aligned = wide.iter().all(|w| w.as_ref() as *const Wide as usize % 256 == 0);
    let mut vector: Vec<u8> = Vec::new();

    for k in 0..bytes {
        vector.push(k as u8);
    }
    if aligned && wide[99].0 == 99 { vector.len() } else { 0 }
}
