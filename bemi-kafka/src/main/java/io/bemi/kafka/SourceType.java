package io.bemi.kafka;

import org.jspecify.annotations.Nullable;

/**
 * A type of the source as its catalogue describes it, domains looked through.
 *
 * @param oid the object id of the column's type
 * @param base the object id of the type below all domains
 * @param name the name of that type
 * @param kind its {@code typtype}
 * @param element of a true array its elements' type; {@code null} of all others
 */
record SourceType(int oid, int base, String name, char kind, @Nullable SourceType element) {

	/**
	 * Whether it is one of the server's own.
	 */
	boolean isBuiltIn() {
		return Integer.compareUnsigned(this.base, 16_384) < 0;
	}

	/**
	 * Whether it is a domain.
	 */
	boolean isDomain() {
		return this.oid != this.base;
	}

}
