@NullMarked
package io.bemi.test;

import org.jspecify.annotations.NullMarked;
