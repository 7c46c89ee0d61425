/**
 * Help for tests of applications with Bemi: moves the rows of the tracked tables between
 * named states, waits for the history, and asserts what is in it.
 */
@NullMarked
package io.bemi.test;

import org.jspecify.annotations.NullMarked;
