/**
 * The past, read by whole applications.
 */
@NullMarked
package io.bemi.it.timetravel;

import org.jspecify.annotations.NullMarked;
