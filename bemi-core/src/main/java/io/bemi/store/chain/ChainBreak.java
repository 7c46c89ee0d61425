package io.bemi.store.chain;

import io.bemi.change.Position;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not as it was stored.
 *
 * @param kind what is wrong
 * @param link the number of the link; 0 when a row has none
 * @param position where in the history of its source, if that is known
 * @param transactionId the transaction; 0 when it is none, or not known
 */
public record ChainBreak(Kind kind, long link, @Nullable Position position, long transactionId) {

	@Override
	public String toString() {
		return this.kind.text + " (link " + this.link
				+ ((this.transactionId != 0) ? ", transaction " + this.transactionId : "")
				+ ((this.position != null) ? ", position " + this.position : "") + ")";
	}

	/**
	 * What is wrong.
	 */
	public enum Kind {

		/** A change is not as it was stored, or stands in another place. */
		CHANGE_CHANGED("A change is not as it was stored"),

		/** A change is not there any more. */
		CHANGE_MISSING("A change is missing"),

		/** A change was added later. */
		CHANGE_ADDED("A change was added"),

		/** A context is not as it was stored. */
		CONTEXT_CHANGED("A context is not as it was stored"),

		/** A context is not there any more. */
		CONTEXT_MISSING("A context is missing"),

		/** A context was added later. */
		CONTEXT_ADDED("A context was added"),

		/**
		 * A row of another table is missing, added or not as it was stored: a table's
		 * description, a gap, a row in quarantine, an erasure.
		 */
		NOTE_CHANGED("What is noted beside changes is not as it was stored"),

		/** A link itself is not as it was made. */
		LINK_CHANGED("A link is not as it was made"),

		/** A link is not there any more. */
		LINK_MISSING("A link is missing"),

		/** A link was added that is no part of the chain. */
		LINK_ADDED("A link was added"),

		/** The chain does not lead through an anchor. */
		ANCHOR_MISSED("The chain does not lead through the anchor: it was written anew"),

		/** The link of an anchor went with its month: nobody can say any more. */
		ANCHOR_DROPPED("The link of the anchor was dropped with its month: take a younger anchor");

		private final String text;

		Kind(String text) {
			this.text = text;
		}

	}

}
