import { Migration } from '@mikro-orm/migrations';

/**
 * What fan-out joins it has in memory, a few hundred rows of each, and takes for one row each: the planner compared every delivery with every endpoint, which
 * grows with their product.
 */
export class FanOutByHash extends Migration {
  override up(): void {
    this.addSql('alter function webhooks.fan_out set enable_nestloop = off');
  }
}
