/**
 * Reading the history back: from a question to changes.
 */
@NullMarked
package io.bemi.query;

import org.jspecify.annotations.NullMarked;
