/**
 * Contributes reverts: from the history and the application's data source to
 * {@link io.bemi.revert.Reverter}, and to application events of what it has done.
 */
@NullMarked
package io.bemi.autoconfigure.revert;

import org.jspecify.annotations.NullMarked;
