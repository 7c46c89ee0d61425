/**
 * Whole applications whose history comes to harm, and what tells.
 */
@NullMarked
package io.bemi.it.monitoring;

import org.jspecify.annotations.NullMarked;
