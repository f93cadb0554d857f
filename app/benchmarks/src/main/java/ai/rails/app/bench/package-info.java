/// `rails bench`: what governed runs cost, measured on this machine beside a durable engine that
/// does the same work without governance.
@NullMarked
package ai.rails.app.bench;

import org.jspecify.annotations.NullMarked;
