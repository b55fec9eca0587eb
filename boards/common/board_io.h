/* SPDX-License-Identifier: MIT */
/* What boards/common gives to an image, and what an image may give to it. */
#ifndef BOARD_IO_H
#define BOARD_IO_H

#include <stdbool.h>
#include <stddef.h>

/** board_console() - write @len bytes of text on the console */
void board_console(const char *text, size_t len);

/** board_exit() - end the run with an exit status */
__attribute__((noreturn)) void board_exit(int status);

/**
 * board_command_line() - the words that the run was started with
 * @line: filled in, terminated
 * @bytes: room in @line
 *
 * Return: 0, or a negative error, and then @line is empty.
 */
int board_command_line(char *line, size_t bytes);

/*
 * Boards with several cores: core 0 runs main(), the others do as they are
 * told. board_core_run() has @core, which is idle, call @body(@argument).
 */
void board_core_run(unsigned int core, void (*body)(void *argument),
		    void *argument);
bool board_core_idle(unsigned int core);

/* Handlers that an image may define; the default reports and exits. */
void isr_svc(void);
void isr_pendsv(void);
void isr_systick(void);
/* Any interrupt of the board, by its number. */
void isr_irq(unsigned int irq);

/* The image's program; its return value is the exit status. */
int main(int argc, char **argv);

#endif
