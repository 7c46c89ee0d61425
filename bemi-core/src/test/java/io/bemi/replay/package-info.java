/**
 * Random programs of several sessions that change rows and tables, and an oracle in the
 * database that says what each change was and what the tables held.
 */
@NullMarked
package io.bemi.replay;

import org.jspecify.annotations.NullMarked;
