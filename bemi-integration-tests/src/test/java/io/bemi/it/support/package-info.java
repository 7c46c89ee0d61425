/**
 * What the tests of whole applications share: an application on a new database, requests
 * to it, and the contexts of what it has recorded.
 */
@NullMarked
package io.bemi.it.support;

import org.jspecify.annotations.NullMarked;
