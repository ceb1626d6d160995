import { hash } from 'node:crypto';

/**
 * Decides a batch of requests in their order, all limits of a request or none.
 * KEYS: a counter each, named for its limit and the end of its window.
 * ARGV[1]: for each counter what the gateway knows to be used of it, and how many milliseconds it has to be kept.
 * ARGV[2]: for each request how many limits it has, then for each limit the place of its counter and its size.
 * Answers one text: for each request 1 or 0, then what is used of each of its limits.
 */
export const CONSUME_SCRIPT = `
local used, kept, stored = {}, {}, redis.call('MGET', unpack(KEYS))
for known, ms in string.gmatch(ARGV[1], '(%d+) (%d+)') do
  local i = #used + 1
  stored[i] = tonumber(stored[i] or 0)
  used[i] = math.max(stored[i], tonumber(known))
  kept[i] = ms
end
local asked = {}
for number in string.gmatch(ARGV[2], '%d+') do asked[#asked + 1] = tonumber(number) end
local answer, at = {}, 1
while at <= #asked do
  local first, last, allowed = at + 1, at + asked[at] * 2, 1
  for i = first, last, 2 do
    if used[asked[i]] >= asked[i + 1] then allowed = 0 end
  end
  answer[#answer + 1] = allowed
  for i = first, last, 2 do
    local counter = asked[i]
    used[counter] = used[counter] + allowed
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
