package io.bemi.it.query;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.jspecify.annotations.Nullable;

/**
 * Something to do.
 */
@Entity
class Todo {

	@Id
	private @Nullable Long id;

	private String task = "";

	@Column(name = "\"isCompleted\"")
	private boolean completed;

	protected Todo() {
	}

	Todo(long id, String task) {
		this.id = id;
		this.task = task;
	}

	String getTask() {
		return this.task;
	}

	void setTask(String task) {
		this.task = task;
	}

	boolean isCompleted() {
		return this.completed;
	}

	void complete() {
		this.completed = true;
	}

}
