package org.example.documents;

import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import tools.jackson.databind.JsonNode;

@Entity
public class Document {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	@JdbcTypeCode(SqlTypes.JSON)
	private JsonNode content;

	protected Document() {
	}

	public Document(JsonNode content) {
		this.content = content;
	}

	public Long getId() {
		return this.id;
	}

	public JsonNode getContent() {
		return this.content;
	}

}
