package io.bemi.autoconfigure.entrypoint;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

/**
 * Adds to the proxies that {@code @EnableAsync} makes. Not ordered: runs after all that
 * make proxies, and makes none.
 */
final class AsyncEntryPointPostProcessor implements BeanPostProcessor {

	private static final Logger logger = LoggerFactory.getLogger(AsyncEntryPointPostProcessor.class);

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		try {
			Advised advised = findAdvised(bean);
			while (advised != null) {
				surroundAsync(advised);
				advised = advised.getTargetSource().isStatic() ? findAdvised(advised.getTargetSource().getTarget())
						: null;
			}
		}
		catch (Exception ex) {
			logger.debug("Asynchronous methods of bean '{}' do not take their context along", beanName, ex);
		}
		return bean;
	}

	private static @Nullable Advised findAdvised(@Nullable Object bean) {
		return (bean instanceof Advised advised) ? advised : null;
	}

	private static void surroundAsync(Advised advised) {
		if (advised.isFrozen()) {
			return;
		}
		for (int i = advised.getAdvisorCount() - 1; i >= 0; i--) {
			if (advised.getAdvisors()[i] instanceof AsyncAnnotationAdvisor async) {
				Pointcut pointcut = async.getPointcut();
				// Outside of transactions, which begin further in.
				advised.addAdvisor(i + 1, new DefaultPointcutAdvisor(pointcut, AsyncEntryPoint.TASK));
				advised.addAdvisor(i, new DefaultPointcutAdvisor(pointcut, AsyncEntryPoint.CALL));
			}
		}
	}

}
