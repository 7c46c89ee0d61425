/**
 * Where changes are kept: from stitched changes to the tables behind the view
 * {@code changes}.
 */
@NullMarked
package io.bemi.store;

import org.jspecify.annotations.NullMarked;
