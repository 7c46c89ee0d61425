package io.bemi.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test, or each test of a class, that begins in a state that was marked before. The one
 * of the method wins. Needs {@link BemiTest} or a {@link TestStatesExtension}.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface InState {

	/**
	 * The name of the state.
	 */
	String value();

}
