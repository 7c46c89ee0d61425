/**
 * Who may do what: two users in memory, known by HTTP basic authentication.
 */
@NullMarked
package io.bemi.sample.security;

import org.jspecify.annotations.NullMarked;
