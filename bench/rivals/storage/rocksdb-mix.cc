// The mix of packages/storage/bench/mix.ts on RocksDB: 80 % Get (87 % of them among the newest twentieth), 15 % scans
// of the newest rows, 5 % Put. Prints one line of JSON like the other side.
//
//   g++ -O2 -std=c++17 rocksdb-mix.cc -lrocksdb -lpthread -o rocksdb-mix       (Debian: librocksdb-dev)
//   rocksdb-mix FOLDER ROWS SCANNED SECONDS THREADS SYNC(0|1)
//
// Tuned as its users do for point reads of data that fits into memory: hash index in blocks, Bloom filters of 10 bits,
// a block cache larger than the data, no compression, no verification of checksums on reads.
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using Clock = std::chrono::steady_clock;
using rocksdb::Slice;

namespace {

constexpr size_t kKeyBytes = 16;
constexpr size_t kValueBytes = 256;

uint32_t Scattered(uint32_t row) {
  uint32_t hash = (row ^ (row >> 15)) * 0x85ebca6bU;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35U;
  return hash ^ (hash >> 16);
}

// Big-endian time first, so that the order of keys is the order of time.
void WriteKey(uint64_t row, char* key) {
  const uint64_t time = __builtin_bswap64(row);
  const uint32_t rest[2] = {Scattered(static_cast<uint32_t>(row)), Scattered(static_cast<uint32_t>(row) + 7)};
  std::memcpy(key, &time, 8);
  std::memcpy(key + 8, rest, 8);
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Below(uint64_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ % limit;
  }

 private:
  uint64_t state_;
};

struct Share {
  std::vector<float> reads;
  std::vector<float> inserts;
  uint64_t sum = 0;
};

std::atomic<uint64_t> newest{0};

uint64_t Touch(const char* value) {
  uint64_t number;
  std::memcpy(&number, value, 8);
  return number;
}

void Work(rocksdb::DB* db, int thread, int scanned, double seconds, bool sync, Share* share) {
  Random next(0x9e3779b97f4a7c15ULL * (thread + 1));
  rocksdb::ReadOptions reading;
  reading.verify_checksums = false;
  rocksdb::WriteOptions writing;
  writing.sync = sync;
  rocksdb::PinnableSlice found;
  char key[kKeyBytes];
  char value[kValueBytes];
  std::memset(value, 'x', sizeof value);
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  for (auto before = Clock::now(); before < end;) {
    const uint64_t rows = newest.load();
    const uint64_t dice = next.Below(100);
    bool insert = false;
    if (dice < 80) {
      const uint64_t span = next.Below(100) < 87 ? std::max<uint64_t>(1, rows / 20) : rows;
      WriteKey(rows - 1 - next.Below(span), key);
      if (db->Get(reading, db->DefaultColumnFamily(), Slice(key, kKeyBytes), &found).ok()) share->sum += Touch(found.data());
      found.Reset();
    } else if (dice < 95) {
      WriteKey(rows > static_cast<uint64_t>(scanned) ? rows - scanned : 0, key);
      std::memset(key + 8, 0, 8);
      std::unique_ptr<rocksdb::Iterator> rowsAfter(db->NewIterator(reading));
      int seen = 0;
      for (rowsAfter->Seek(Slice(key, kKeyBytes)); rowsAfter->Valid() && seen < scanned; rowsAfter->Next(), seen++) {
        share->sum += Touch(rowsAfter->value().data());
      }
    } else {
      const uint64_t row = newest.fetch_add(1);
      WriteKey(row, key);
      std::memcpy(value, &row, 8);
      db->Put(writing, Slice(key, kKeyBytes), Slice(value, kValueBytes));
      insert = true;
    }
    const auto now = Clock::now();
    (insert ? share->inserts : share->reads).push_back(std::chrono::duration<float, std::micro>(now - before).count());
    before = now;
  }
}

rocksdb::DB* Open(const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = 256 << 20;
  options.max_write_buffer_number = 4;
  options.enable_pipelined_write = true;
  options.IncreaseParallelism(2);
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = rocksdb::NewLRUCache(8ULL << 30, 6);
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10, false));
  blocks.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  blocks.data_block_hash_table_util_ratio = 0.75;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
  if (status.ok()) return db;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

void Load(rocksdb::DB* db, uint64_t rows) {
  rocksdb::WriteOptions unsynced;
  char key[kKeyBytes];
  char value[kValueBytes];
  std::memset(value, 'x', sizeof value);
  for (uint64_t from = 0; from < rows; from += 1000) {
    rocksdb::WriteBatch batch;
    for (uint64_t row = from; row < std::min(rows, from + 1000); row++) {
      WriteKey(row, key);
      std::memcpy(value, &row, 8);
      batch.Put(Slice(key, kKeyBytes), Slice(value, kValueBytes));
    }
    db->Write(unsynced, &batch);
  }
  newest = rows;
  db->Flush(rocksdb::FlushOptions());
  db->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr);
}

float Quantile(const std::vector<float>& sorted, double share) {
  return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, static_cast<size_t>(sorted.size() * share))];
}

}  // namespace

int main(int count, char** argument) {
  if (count != 7) return 2;
  const std::string folder = argument[1];
  const int scanned = std::atoi(argument[3]);
  const double seconds = std::atof(argument[4]);
  const int threads = std::atoi(argument[5]);
  std::unique_ptr<rocksdb::DB> db(Open(folder));
  Load(db.get(), std::strtoull(argument[2], nullptr, 10));
  // Once to warm up, once to measure.
  for (const bool measured : {false, true}) {
    const double run = measured ? seconds : std::min(seconds, 2.0);
    std::vector<Share> shares(threads);
    std::vector<std::thread> workers;
    for (int k = 0; k < threads; k++) {
      workers.emplace_back(Work, db.get(), k, scanned, run, std::atoi(argument[6]) != 0, &shares[k]);
    }
    for (std::thread& worker : workers) worker.join();
    if (!measured) continue;
    std::vector<float> reads, inserts;
    for (const Share& share : shares) {
      reads.insert(reads.end(), share.reads.begin(), share.reads.end());
      inserts.insert(inserts.end(), share.inserts.begin(), share.inserts.end());
    }
    std::sort(reads.begin(), reads.end());
    std::sort(inserts.begin(), inserts.end());
    std::printf("{\"value\":%.0f,\"checksum\":\"%.2f %.2f %.2f %.2f\"}\n", (reads.size() + inserts.size()) / seconds,
                Quantile(reads, 0.5), Quantile(reads, 0.99), Quantile(inserts, 0.5), Quantile(inserts, 0.99));
  }
  return 0;
}
