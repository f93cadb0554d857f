/// `rails runner`: where calls are made that no worker can reach.
@NullMarked
package ai.rails.app.runner;

import org.jspecify.annotations.NullMarked;
