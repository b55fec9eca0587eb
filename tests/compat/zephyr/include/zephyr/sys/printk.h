/* SPDX-License-Identifier: MIT */
/* Stands for Zephyr's header of that name. */
#ifndef ZEPHYR_INCLUDE_SYS_PRINTK_H_
#define ZEPHYR_INCLUDE_SYS_PRINTK_H_

void printk(const char *fmt, ...);

#endif
