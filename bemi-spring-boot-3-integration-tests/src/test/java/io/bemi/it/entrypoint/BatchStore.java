package io.bemi.it.entrypoint;

import javax.sql.DataSource;

import org.springframework.batch.core.Job;
import org.springframework.batch.core.JobExecution;
import org.springframework.batch.core.JobParameters;
import org.springframework.batch.core.configuration.annotation.EnableBatchProcessing;
import org.springframework.batch.core.launch.JobLauncher;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Where Spring Batch keeps its jobs: the application's database. And what starts them,
 * which is another bean on each Boot line.
 */
@Configuration(proxyBeanMethods = false)
@EnableBatchProcessing
class BatchStore {

	@Bean
	InitializingBean batchTables(DataSource dataSource) {
		return () -> DatabasePopulatorUtils.execute(new ResourceDatabasePopulator(
				new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql")), dataSource);
	}

	@Bean
	Starter batchStarter(JobLauncher launcher) {
		return launcher::run;
	}

	/**
	 * Starts a job.
	 */
	@FunctionalInterface
	interface Starter {

		JobExecution start(Job job, JobParameters parameters) throws Exception;

	}

}
