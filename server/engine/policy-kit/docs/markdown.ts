import type { Text } from '../../policy/contract.ts';

export function section(level: number, title: string): string {
  return `${'#'.repeat(level)} ${title}`;
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function bilingual({ en, zh }: Text): string {
  return en === zh ? en : `${en} · ${zh}`;
}

export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** A table; a bar inside a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
