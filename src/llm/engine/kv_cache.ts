/**
 * Which KV blocks a sequence holds, and which of its tokens need no computing because their blocks are known.
 *
 * @module
 */
import { blockHash } from "./block_hash.ts";
import { BlockPool } from "./block_pool.ts";
import type { EngineConfig } from "./engine_config.ts";
import type { EngineObserver } from "./engine_observer.ts";
import { OffloadTier } from "./offload_tier.ts";
import type { Random } from "./random.ts";
import { ResidencySampler } from "./residency_sampler.ts";
import type { Sequence } from "./sequence.ts";

/** What is known of a sequence's beginning. */
export interface PrefixHit {
  /** Blocks on the device, in order. */
  readonly blocks: readonly number[];
  /** The hashes of these blocks, then of those in the offload tier. */
  readonly hashes: readonly number[];
  readonly cachedTokens: number;
  readonly loadedTokens: number;
  /** Known tokens that must be computed all the same, so that there is a forward pass. */
  readonly recomputedTokens: number;
}

const NO_HIT: PrefixHit = { blocks: [], hashes: [], cachedTokens: 0, loadedTokens: 0, recomputedTokens: 0 };

/** The KV cache of one engine. Owner thread only; `nowUs` is set by the engine before each step. */
export class KvCache {
  nowUs = 0;
  readonly #config: EngineConfig;
  readonly #observer: EngineObserver;
  readonly #pool: BlockPool;
  readonly #tier: OffloadTier | undefined;
  readonly #sampler: ResidencySampler;
  #discarding = false;

  constructor(config: EngineConfig, options: { observer: EngineObserver; random: Random }) {
    this.#config = config;
    this.#observer = options.observer;
    this.#sampler = new ResidencySampler(config.kvMetricsSample, options.random);
    this.#tier = config.offloadBlocks > 0 ? new OffloadTier(config.offloadBlocks) : undefined;
    this.#pool = new BlockPool(
      config.numGpuBlocks,
      (block, hash, reuses) => this.#evicted(block, hash, reuses),
    );
  }

  /** The share of blocks in use, 0 to 1. */
  get usage(): number {
    return this.#pool.usedCount / this.#pool.size;
  }

  /** Finds the longest known prefix. At least the last token is always left to compute. */
  lookup(sequence: Sequence): PrefixHit {
    if (!this.#config.enablePrefixCaching) return NO_HIT;
    const size = this.#config.blockSize;
    const full = Math.floor(sequence.tokens.length / size);
    const most = Math.floor((sequence.tokens.length - 1) / size);
    const blocks: number[] = [];
    const hashes: number[] = [];
    let hash = sequence.lastHash;
    let known = 0;
    for (let onDevice = true; known < full; known++) {
      hash = blockHash(hash, sequence.tokens, { start: known * size, size });
      const block: number = onDevice ? this.#pool.find(hash) : -1;
      onDevice &&= block >= 0;
      if (!onDevice && !this.#tier?.has(hash)) break;
      if (known >= most) continue;
      if (onDevice) blocks.push(block);
      hashes.push(hash);
    }
    return {
      blocks,
      hashes,
      cachedTokens: blocks.length * size,
      loadedTokens: (hashes.length - blocks.length) * size,
      recomputedTokens: (known - hashes.length) * size,
    };
  }

  /** Gives a waiting sequence its known blocks and room up to `tokens`; false, and nothing changed, if there is none. */
  admit(sequence: Sequence, options: { hit: PrefixHit; tokens: number }): boolean {
    const { hit, tokens } = options;
    const fresh = Math.ceil(tokens / this.#config.blockSize) - hit.blocks.length;
    let revived = 0;
    for (const block of hit.blocks) if (this.#pool.isFree(block)) revived++;
    if (fresh > this.#pool.freeCount - revived) return false;
    for (const block of hit.blocks) {
      this.#pool.reuse(block);
      this.#sampler.reused(block, this.nowUs);
      sequence.blocks.push(block);
    }
    for (let i = 0; i < fresh; i++) this.#take(sequence);
    for (let i = hit.blocks.length; i < hit.hashes.length; i++) {
      this.#pool.name(sequence.blocks[i], hit.hashes[i]);
      this.#tier?.touch(hit.hashes[i]);
    }
    sequence.namedBlocks = hit.hashes.length;
    if (hit.hashes.length > 0) sequence.lastHash = hit.hashes[hit.hashes.length - 1];
    sequence.computed = hit.cachedTokens + hit.loadedTokens;
    return true;
  }

  /** Gives a running sequence room up to `tokens`; false, and nothing changed, if there is none. */
  grow(sequence: Sequence, tokens: number): boolean {
    const fresh = Math.ceil(tokens / this.#config.blockSize) - sequence.blocks.length;
    if (fresh > this.#pool.freeCount) return false;
    for (let i = 0; i < fresh; i++) this.#take(sequence);
    return true;
  }

  /** Names the blocks that a sequence has filled. */
  nameFilled(sequence: Sequence): void {
    if (!this.#config.enablePrefixCaching) return;
    const size = this.#config.blockSize;
    while ((sequence.namedBlocks + 1) * size <= sequence.computed) {
      const start = sequence.namedBlocks * size;
      sequence.lastHash = blockHash(sequence.lastHash, sequence.tokens, { start, size });
      this.#pool.name(sequence.blocks[sequence.namedBlocks], sequence.lastHash);
      sequence.namedBlocks++;
    }
  }

  /** Takes all blocks from a sequence. Its last ones are the first to be used anew. */
  release(sequence: Sequence): void {
    for (let i = sequence.blocks.length - 1; i >= 0; i--) {
      this.#sampler.released(sequence.blocks[i], this.nowUs);
      this.#pool.release(sequence.blocks[i]);
    }
    sequence.resetComputed();
  }

  /** Forgets all that no sequence uses, and with `everything` what was offloaded too. */
  discard(options: { everything: boolean }): void {
    this.#discarding = true;
    this.#pool.forgetAll();
    this.#discarding = false;
    if (options.everything) this.#tier?.clear();
  }

  #take(sequence: Sequence): void {
    const block = this.#pool.take();
    this.#sampler.allocated(block, this.nowUs);
    sequence.blocks.push(block);
  }

  #evicted(block: number, hash: number, reuses: number): void {
    this.#sampler.evicted(block, { nowUs: this.nowUs, observer: this.#observer });
    if (this.#tier === undefined || this.#discarding) return;
    if (reuses < this.#config.offloadReuseThreshold) return this.#observer.offloadSkipped();
    if (!this.#tier.store(hash)) return;
    const tokens = this.#config.blockSize;
    this.#observer.offloadStored(tokens, tokens * this.#config.timing.offloadTimePerToken);
  }
}
