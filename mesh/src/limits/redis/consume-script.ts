import { hash } from 'node:crypto';

/**
 * Decides a batch of requests in their order, all limits of a request or none.
 * KEYS: a counter each, named for its limit and the end of its window.
 * ARGV[1]: for each counter what the gateway knows to be used of it, and how many milliseconds it has to be kept.
 * ARGV[2]: for each request how many limits it has, whether it came (1) or is only expected (0), how many like it should be granted ahead,
 * then for each limit the place of its counter and its size. At most one in `share` of what is left is granted ahead, and none when that is
 * less than eight.
 * Answers one text: for each request how many were granted, then what is used of each of its limits.
 */
export const CONSUME_SCRIPT = `
local share, least = 16, 8
local used, kept, stored = {}, {}, redis.call('MGET', unpack(KEYS))
for known, ms in string.gmatch(ARGV[1], '(%d+) (%d+)') do
  local i = #used + 1
  stored[i] = tonumber(stored[i] or 0) or 0
  used[i] = math.max(stored[i], tonumber(known))
  kept[i] = ms
end
local asked = {}
for number in string.gmatch(ARGV[2], '%d+') do asked[#asked + 1] = tonumber(number) end
local answer, at = {}, 1
while at <= #asked do
  local came, ahead = asked[at + 1], asked[at + 2]
  local first, last, left = at + 3, at + 2 + asked[at] * 2, math.huge
  for i = first, last, 2 do left = math.min(left, asked[i + 1] - used[asked[i]]) end
  local granted = 0
  if left > 0 then
    granted = came
    ahead = math.min(ahead, math.floor((left - came) / share))
    if ahead >= least then granted = granted + ahead end
  end
  answer[#answer + 1] = granted
  for i = first, last, 2 do
    local counter = asked[i]
    used[counter] = used[counter] + granted
    answer[#answer + 1] = used[counter]
  end
  at = last + 1
end
for i = 1, #KEYS do
  if used[i] ~= stored[i] then redis.call('SET', KEYS[i], used[i], 'PX', kept[i]) end
end
return table.concat(answer, ' ')
`;

/** Redis knows a script that it has seen by this. */
export const CONSUME_SHA1 = hash('sha1', CONSUME_SCRIPT);
