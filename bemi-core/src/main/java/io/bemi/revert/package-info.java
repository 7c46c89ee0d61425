/**
 * Revert: from recorded changes to a plan that undoes them, and from the plan to one
 * transaction of the application's, which is recorded like any other.
 */
@NullMarked
package io.bemi.revert;

import org.jspecify.annotations.NullMarked;
