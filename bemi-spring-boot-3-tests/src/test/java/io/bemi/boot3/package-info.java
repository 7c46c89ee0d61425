/**
 * An application on Spring Boot 3.5, with its Hibernate.
 */
@NullMarked
package io.bemi.boot3;

import org.jspecify.annotations.NullMarked;
