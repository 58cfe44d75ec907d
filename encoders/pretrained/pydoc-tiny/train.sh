#!/bin/sh
# The committed encoder, from the built-in data set. One CPU core; each step resumes when killed.
set -e
cd "$(dirname "$0")"
esplade vocab --dataset pydoc --general --size 24000 --out vocabulary.txt --overwrite
esplade pretrain --dataset pydoc --general --fields title --repeat 3 --vocab vocabulary.txt --out emlm \
  --layers 2 --hidden 128 --heads 2 --wordpieces 12000 --steps 1000 --batch 128 --lr 2e-3 \
  --max-length 40 --mask-words 0.2 --mask-share 0.6 --evaluate-every 250 --threads 1 --seed 42
tune() {  # FROM OUT, then what differs
  from=$1 out=$2; shift 2
  esplade finetune --from "$from" --out "$out" --dataset pydoc --fields title --text-pairs --crops --general \
    --batch 96 --joint-flops 0.01 --query-top-k 128 --doc-top-k 256 --query-max-length 36 --doc-max-length 32 \
    --dev-pool 0 --threads 1 "$@"
}
tune emlm one --general-pairs 20000 --steps 2200 --lr 1.5e-3 --start-terms 256 --evaluate-every 275 --seed 42 --half
tune one two --general-pairs 20000 --neighbours 8 --steps 2800 --lr 1e-3 --start-terms 0 --evaluate-every 700 --seed 43 --half
esplade average one two --share 0.3 --share 0.7 --out three
tune three four --general-pairs 60000 --neighbours 8 --steps 2600 --lr 8e-4 --start-terms 0 --evaluate-every 650 --seed 44
esplade average three four --share 0.6 --share 0.4 --half --out pydoc-tiny
