#!/bin/sh
# The committed encoder, from the built-in data set. One CPU core; each step resumes when killed.
set -e
cd "$(dirname "$0")"
esplade vocab --dataset pydoc --general --size 24000 --out vocabulary.txt --overwrite
esplade pretrain --dataset pydoc --general --fields title --repeat 3 --vocab vocabulary.txt --out emlm \
  --layers 2 --hidden 128 --heads 2 --wordpieces 12000 --steps 1000 --batch 128 --lr 2e-3 \
  --max-length 40 --mask-words 0.2 --mask-share 0.6 --evaluate-every 250 --threads 1 --seed 42
esplade finetune --from emlm --dataset pydoc --fields title --out pydoc-tiny \
  --text-pairs --crops --general --general-pairs 20000 --steps 2200 --batch 96 --lr 1.5e-3 --joint-flops 0.01 \
  --start-terms 256 --query-top-k 128 --doc-top-k 256 --query-max-length 36 --doc-max-length 32 \
  --dev-pool 0 --evaluate-every 275 --threads 1 --seed 42 --half
