package io.bemi.model;

import java.util.Arrays;
import java.util.List;

/**
 * What an application can do that has to do with contexts.
 */
enum Action {

	/** Opens a scope around the body; closes it, at times twice. */
	SCOPE(Group.AROUND, 6),

	/** Opens an entry point around the body: the keys stay the same. */
	ENTRY_POINT(Group.AROUND, 1),

	/** Handles a request, in one to three dispatches. */
	REQUEST(Group.AROUND, 4),

	/** Another thread goes on with the same connection, and this one waits for it. */
	GO_ON_ELSEWHERE(Group.AROUND, 2),

	/** Borrows a connection for the body. */
	CONNECTION(Group.CONNECTING, 6),

	/** Hands work to a thread that may be dirty, and waits for it. */
	HAND_OVER(Group.CONNECTING, 2),

	/** Hands work to a thread that may be dirty, and does not wait for it. */
	HAND_OVER_AND_GO_ON(Group.CONNECTING, 1),

	/** Starts work on a pool's thread without handing anything over. */
	FORGET_TO_HAND_OVER(Group.CONNECTING, 1),

	/** Adds a key to the current context. */
	PUT(Group.CONTEXT, 3),

	/** Opens a scope and never closes it. */
	LEAK_SCOPE(Group.CONTEXT, 1),

	/** Opens a scope that another thread tries to close. */
	CLOSE_SCOPE_ELSEWHERE(Group.CONTEXT, 1),

	BEGIN(Group.TRANSACTION, 7),

	COMMIT(Group.TRANSACTION, 3),

	ROLLBACK(Group.TRANSACTION, 1),

	SAVEPOINT(Group.TRANSACTION, 5),

	ROLLBACK_TO_SAVEPOINT(Group.TRANSACTION, 4),

	RELEASE_SAVEPOINT(Group.TRANSACTION, 2),

	SET_CONSTRAINTS_IMMEDIATE(Group.TRANSACTION, 1),

	INSERT(Group.STATEMENT, 6),

	/** A prepared statement that is kept for as long as its connection. */
	INSERT_BY_KEPT_STATEMENT(Group.STATEMENT, 3),

	INSERT_SEVERAL_ROWS(Group.STATEMENT, 2),

	INSERT_RETURNING(Group.STATEMENT, 1),

	INSERT_WITH_GENERATED_KEYS(Group.STATEMENT, 1),

	INSERT_LARGE(Group.STATEMENT, 1),

	UPSERT(Group.STATEMENT, 1),

	/** A data-modifying WITH. */
	WITH(Group.STATEMENT, 1),

	SEVERAL_STATEMENTS_IN_ONE_TEXT(Group.STATEMENT, 1),

	BATCH(Group.STATEMENT, 1),

	BATCH_OF_TEXTS(Group.STATEMENT, 1),

	/** Fills a batch in one context and executes it in another. */
	BATCH_ACROSS_CONTEXTS(Group.STATEMENT, 1),

	CALL_FUNCTION(Group.STATEMENT, 1),

	CALL_PROCEDURE(Group.STATEMENT, 1),

	/** A block of PL/pgSQL in which an exception undoes one of three rows. */
	EXCEPTION_BLOCK(Group.STATEMENT, 2),

	COPY(Group.STATEMENT, 1),

	/** A row whose trigger writes another one at COMMIT. */
	INSERT_WITH_DEFERRED_TRIGGER(Group.STATEMENT, 2),

	INSERT_FAMILY(Group.STATEMENT, 1),

	/** Changes a key, and by foreign key the rows that refer to it. */
	UPDATE_FAMILY(Group.STATEMENT, 1),

	DELETE_FAMILY(Group.STATEMENT, 1),

	UPDATE(Group.STATEMENT, 2),

	DELETE(Group.STATEMENT, 1),

	READ(Group.STATEMENT, 3),

	FAIL(Group.STATEMENT, 2);

	private final Group group;

	private final int weight;

	Action(Group group, int weight) {
		this.group = group;
		this.weight = weight;
	}

	boolean isContainer() {
		return this.group == Group.AROUND || connects();
	}

	/** Whether the body has no connection, or another one. */
	boolean connects() {
		return this.group == Group.CONNECTING;
	}

	boolean needsConnection() {
		return this.group == Group.TRANSACTION || this.group == Group.STATEMENT || this == GO_ON_ELSEWHERE;
	}

	boolean isStatement() {
		return this.group == Group.STATEMENT;
	}

	int weight() {
		return this.weight;
	}

	static List<Action> containers() {
		return Arrays.stream(values()).filter(Action::isContainer).toList();
	}

	static List<Action> leaves() {
		return Arrays.stream(values()).filter((action) -> !action.isContainer()).toList();
	}

	private enum Group {

		AROUND, CONNECTING, CONTEXT, TRANSACTION, STATEMENT

	}

}
