/**
 * Hibernate with several tenants: each change still has its own context.
 */
@NullMarked
package io.bemi.it.surroundings.tenancy;

import org.jspecify.annotations.NullMarked;
