import type { AnyStateNode, AnyTransitionDefinition } from "xstate";
import { flowMachine } from "./machine.ts";

/** The chart as a mermaid `stateDiagram-v2`, drawn from the machine itself: states, events and the names of guards. */
export function flowDiagram(): string {
  const lines = ["stateDiagram-v2"];
  draw(flowMachine.root, lines, 1);
  return `${lines.join("\n")}\n`;
}

function draw(node: AnyStateNode, lines: string[], depth: number): void {
  const indent = "  ".repeat(depth);
  const children = Object.values(node.states);
  if (node.type === "compound") {
    for (const initial of node.initial.target) lines.push(`${indent}[*] --> ${nameOf(initial)}`);
  }
  children.forEach((child, index) => {
    if (node.type === "parallel" && index > 0) lines.push(`${indent}--`);
    if (Object.keys(child.states).length > 0) {
      lines.push(`${indent}state "${child.key}" as ${nameOf(child)} {`);
      draw(child, lines, depth + 1);
      lines.push(`${indent}}`);
    } else {
      lines.push(`${indent}state "${child.key}" as ${nameOf(child)}`);
      if (child.type === "final") lines.push(`${indent}${nameOf(child)} --> [*]`);
    }
  });
  for (const child of children) arrows(child, lines, indent);
}

function arrows(node: AnyStateNode, lines: string[], indent: string): void {
  const all: AnyTransitionDefinition[] = [...node.transitions.values()].flat().concat(node.always ?? []);
  const seen = new Set<string>();
  for (const t of all) {
    for (const target of t.target ?? []) {
      const line = `${indent}${nameOf(node)} --> ${nameOf(target)}${labelOf(t)}`;
      if (!seen.has(line)) lines.push(line);
      seen.add(line);
    }
  }
}

function labelOf(t: AnyTransitionDefinition): string {
  const event = t.eventType.startsWith("xstate.done") ? "all done" : t.eventType;
  const guard = typeof t.guard === "function" ? `[${t.guard.name}]` : "";
  const label = [event, guard].filter((part) => part !== "").join(" ");
  return label === "" ? "" : `: ${label}`;
}

function nameOf(node: AnyStateNode): string {
  return node.path.join("_").replace(/^session_/, "") || "flow";
}
