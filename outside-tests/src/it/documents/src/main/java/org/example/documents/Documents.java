package org.example.documents;

import org.springframework.data.jpa.repository.JpaRepository;

public interface Documents extends JpaRepository<Document, Long> {

}
