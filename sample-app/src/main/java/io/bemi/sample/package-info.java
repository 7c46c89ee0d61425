/**
 * The sample: a todo list, organised by feature, whose every change is recorded.
 */
@NullMarked
package io.bemi.sample;

import org.jspecify.annotations.NullMarked;
