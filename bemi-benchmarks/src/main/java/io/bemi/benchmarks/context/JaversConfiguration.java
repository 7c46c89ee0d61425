package io.bemi.benchmarks.context;

import jakarta.persistence.EntityManagerFactory;
import org.javers.core.Javers;
import org.javers.hibernate.integration.HibernateUnproxyObjectAccessHook;
import org.javers.repository.sql.ConnectionProvider;
import org.javers.repository.sql.DialectName;
import org.javers.repository.sql.SqlRepositoryBuilder;
import org.javers.spring.auditable.EmptyPropertiesProvider;
import org.javers.spring.auditable.aspect.springdatajpa.JaversSpringDataJpaAuditableRepositoryAspect;
import org.javers.spring.jpa.JpaHibernateConnectionProvider;
import org.javers.spring.jpa.TransactionalJpaJaversBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * JaVers, put together as its starter does; the starter would be there in every other
 * comparison, too.
 */
@Configuration(proxyBeanMethods = false)
@EnableAspectJAutoProxy
class JaversConfiguration {

	@Bean
	ConnectionProvider javersConnections(EntityManagerFactory entityManagers) {
		return new JpaHibernateConnectionProvider(SharedEntityManagerCreator.createSharedEntityManager(entityManagers));
	}

	@Bean
	Javers javers(ConnectionProvider connections, PlatformTransactionManager transactions) {
		return TransactionalJpaJaversBuilder.javers()
			.withTxManager(transactions)
			.registerJaversRepository(SqlRepositoryBuilder.sqlRepository()
				.withConnectionProvider(connections)
				.withDialect(DialectName.POSTGRES)
				.build())
			.withObjectAccessHook(new HibernateUnproxyObjectAccessHook<>())
			.build();
	}

	@Bean
	JaversSpringDataJpaAuditableRepositoryAspect javersAspect(Javers javers) {
		return new JaversSpringDataJpaAuditableRepositoryAspect(javers, () -> "alice@example.com",
				new EmptyPropertiesProvider());
	}

}
