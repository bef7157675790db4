import type { AnyStateNode, AnyTransitionDefinition } from "xstate";
import { flowMachine } from "./machine.ts";

/**
 * The chart as a mermaid flowchart, drawn from the machine itself: states, events and the names of guards. Compound and
 * parallel states are subgraphs; what any step of a subgraph answers begins at its rounded node.
 */
export function flowDiagram(): string {
  const arrows: string[] = [];
  const lines = ["flowchart TD", ...draw(flowMachine.root, arrows, 1)];
  return `${[...lines, ...arrows.map((arrow) => `  ${arrow}`)].join("\n")}\n`;
}

function draw(node: AnyStateNode, arrows: string[], depth: number): string[] {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  for (const child of Object.values(node.states)) {
    const transitions = transitionsOf(child);
    if (isLeaf(child)) {
      lines.push(`${indent}${idOf(child)}["${child.key}"]`);
      addArrows(idOf(child), transitions, arrows);
      continue;
    }
    lines.push(`${indent}subgraph ${idOf(child)}["${child.key}${child.type === "parallel" ? " (all at once)" : ""}"]`);
    if (transitions.length > 0) {
      const any = `${idOf(child)}_any`;
      lines.push(`${indent}  ${any}(["any step of ${child.key}"])`);
      addArrows(any, transitions, arrows);
    }
    lines.push(...draw(child, arrows, depth + 1), `${indent}end`);
  }
  return lines;
}

/** Transitions that lead somewhere; what only changes the context is not drawn. */
function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  const all: AnyTransitionDefinition[] = [...node.transitions.values()].flat().concat(node.always ?? []);
  return all.filter((t) => t.target !== undefined);
}

function addArrows(from: string, transitions: readonly AnyTransitionDefinition[], arrows: string[]): void {
  for (const t of transitions) {
    for (const target of t.target ?? []) {
      for (const leaf of entered(target)) {
        const label = labelOf(t);
        const arrow = label === "" ? `${from} --> ${idOf(leaf)}` : `${from} -->|"${label}"| ${idOf(leaf)}`;
        if (!arrows.includes(arrow)) arrows.push(arrow);
      }
    }
  }
}

/** Where an arrow to a state really ends: its first leaf, in a parallel state one of each region. */
function entered(node: AnyStateNode): AnyStateNode[] {
  if (isLeaf(node)) return [node];
  if (node.type === "parallel") return Object.values(node.states).flatMap(entered);
  const initial: readonly AnyStateNode[] = node.initial.target;
  return initial.flatMap(entered);
}

function isLeaf(node: AnyStateNode): boolean {
  return Object.keys(node.states).length === 0;
}

function labelOf(t: AnyTransitionDefinition): string {
  const event = t.eventType.startsWith("xstate.done") ? "all done" : t.eventType;
  const guard = typeof t.guard === "function" ? `(${t.guard.name})` : "";
  return [event, guard].filter((part) => part !== "").join(" ");
}

function idOf(node: AnyStateNode): string {
  // A subgraph named `end` or a node that begins with `o` or `x` after an arrow would be read as syntax.
  return `s_${node.path.join("_")}`;
}
