/**
 * The todo list: from HTTP requests to rows, and from recorded changes to a todo's
 * history.
 */
@NullMarked
package io.bemi.sample.todo;

import org.jspecify.annotations.NullMarked;
