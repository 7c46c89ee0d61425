/**
 * Applications that read their history.
 */
@NullMarked
package io.bemi.it.query;

import org.jspecify.annotations.NullMarked;
