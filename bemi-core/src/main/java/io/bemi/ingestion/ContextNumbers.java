package io.bemi.ingestion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.bemi.stitching.ContextMessage;
import io.bemi.stitching.ContextMessage.Source;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the contexts of one transaction while its rows are handed on. Rows may have to
 * go before the message arrives that covers them: they get a number first, and the
 * message gets it later. Memory depends on neither the rows nor the messages: contexts
 * are handed on like rows, and of those that are gone only some are remembered, so that
 * they need not be stored again.
 */
final class ContextNumbers {

	private static final int NONE = -1;

	private static final int REMEMBERED = 1_000;

	private static final int REMEMBERED_CHARACTERS = 1 << 20;

	private final SourceTransaction transaction;

	/** By metadata. */
	private final Map<String, Integer> remembered = new HashMap<>();

	private int rememberedCharacters;

	private List<TransactionContext> pending = new ArrayList<>();

	private long characters;

	private int next;

	/** Numbers below are of rows that have gone. */
	private int gone;

	/** The number of rows that have gone before their message arrived. */
	private int open = NONE;

	private boolean handedOn;

	private boolean application;

	private @Nullable ContextMessage last;

	private String lastMetadata = Metadata.EMPTY;

	/** Whether the transaction wants to be left out, and may not. */
	private boolean refused;

	ContextNumbers(SourceTransaction transaction) {
		this.transaction = transaction;
	}

	/**
	 * Whether a message covers rows: those of the session do not where the application
	 * has spoken.
	 */
	boolean counts(ContextMessage message) {
		return message.source() == Source.APPLICATION || !this.application;
	}

	/**
	 * Takes a message that counts.
	 * @return whether it is the application's first one, which covers everything so far
	 */
	boolean accept(ContextMessage message) {
		if (this.last == null || this.last.source() != message.source()
				|| !this.last.content().equals(message.content())) {
			this.lastMetadata = this.refused ? Metadata.refused(Metadata.of(message)) : Metadata.of(message);
		}
		this.last = message;
		boolean first = message.source() == Source.APPLICATION && !this.application;
		if (first) {
			this.application = true;
			restart();
		}
		return first;
	}

	/**
	 * Makes void what a session has said.
	 */
	private void restart() {
		List<TransactionContext> owed = this.pending.stream()
			.filter((context) -> context.number() < this.gone)
			.map((context) -> new TransactionContext(this.transaction, context.number(), this.lastMetadata))
			.toList();
		this.next = this.gone;
		this.remembered.clear();
		this.rememberedCharacters = 0;
		this.pending = new ArrayList<>(owed);
		this.characters = 0;
		if (this.gone > 0) {
			remember(this.lastMetadata, 0);
		}
	}

	/**
	 * Has it said of the rows from here on that they were to be left out.
	 */
	void refuse() {
		if (!this.refused) {
			this.refused = true;
			this.last = null;
			this.lastMetadata = Metadata.refused(this.lastMetadata);
		}
	}

	/**
	 * The metadata of the last message that counts.
	 */
	String metadata() {
		return this.lastMetadata;
	}

	/**
	 * The number of the rows that the last message covers, or that no message does.
	 */
	int covered() {
		int number = this.open;
		if (number == NONE) {
			Integer known = this.remembered.get(this.lastMetadata);
			if (known != null) {
				return known;
			}
			number = this.next++;
		}
		this.open = NONE;
		this.pending.add(new TransactionContext(this.transaction, number, this.lastMetadata));
		this.characters += this.lastMetadata.length();
		remember(this.lastMetadata, number);
		return number;
	}

	private void remember(String metadata, int number) {
		this.rememberedCharacters += metadata.length();
		if (this.rememberedCharacters > REMEMBERED_CHARACTERS || this.remembered.size() >= REMEMBERED) {
			this.remembered.clear();
			this.rememberedCharacters = metadata.length();
		}
		this.remembered.put(metadata, number);
	}

	/**
	 * The number of rows that go before their message has arrived.
	 */
	int uncovered() {
		if (this.open == NONE) {
			this.open = this.next++;
		}
		return this.open;
	}

	/**
	 * Whether rows have gone whose message has not arrived.
	 */
	boolean isOpen() {
		return this.open != NONE;
	}

	/**
	 * Whether contexts have gone.
	 */
	boolean isHandedOn() {
		return this.handedOn;
	}

	/**
	 * Roughly how many characters are kept to be handed on.
	 */
	long characters() {
		return this.characters;
	}

	/**
	 * Hands on the contexts of rows that go, or have gone.
	 */
	List<TransactionContext> take() {
		List<TransactionContext> taken = this.pending;
		this.pending = new ArrayList<>();
		this.characters = 0;
		this.gone = this.next;
		this.handedOn |= !taken.isEmpty();
		return taken;
	}

}
