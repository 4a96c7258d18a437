// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

namespace Polyclinic.Protocol.Generated
{
    /// <summary>A finger of the reference hand (SPEC 4.1): millimetres and degrees about X, Y, Z.</summary>
    public sealed class ReferenceFinger
    {
        public readonly int First;
        public readonly double[] Root;
        public readonly double[] Bones;
        public readonly double[][] Tilts;
        public readonly double[][] Turns;

        /// <summary>Null where the metacarpal is the first movable joint.</summary>
        public readonly double[] Metacarpal;
        public readonly double[] MetacarpalTurn;
        public readonly bool SpreadFirst;

        public ReferenceFinger(
            int first, double[] root, double[] bones, double[][] tilts, double[][] turns, double[] metacarpal,
            double[] metacarpalTurn, bool spreadFirst)
        {
            First = first;
            Root = root;
            Bones = bones;
            Tilts = tilts;
            Turns = turns;
            Metacarpal = metacarpal;
            MetacarpalTurn = metacarpalTurn;
            SpreadFirst = spreadFirst;
        }
    }

    /// <summary>What the wire counts by index.</summary>
    public static class Tables
    {
        public static readonly int[] TierFlags =
        {
            255,
            199,
            193,
            193,
        };
        public static readonly int[] TierPositionShift =
        {
            0,
            2,
            3,
            7,
        };
        public static readonly int[] TierRotationShift =
        {
            0,
            2,
            3,
            3,
        };
        public static readonly string[] Blendshapes =
        {
            "eyeBlinkLeft",
            "eyeLookDownLeft",
            "eyeLookInLeft",
            "eyeLookOutLeft",
            "eyeLookUpLeft",
            "eyeSquintLeft",
            "eyeWideLeft",
            "eyeBlinkRight",
            "eyeLookDownRight",
            "eyeLookInRight",
            "eyeLookOutRight",
            "eyeLookUpRight",
            "eyeSquintRight",
            "eyeWideRight",
            "jawForward",
            "jawLeft",
            "jawRight",
            "jawOpen",
            "mouthClose",
            "mouthFunnel",
            "mouthPucker",
            "mouthLeft",
            "mouthRight",
            "mouthSmileLeft",
            "mouthSmileRight",
            "mouthFrownLeft",
            "mouthFrownRight",
            "mouthDimpleLeft",
            "mouthDimpleRight",
            "mouthStretchLeft",
            "mouthStretchRight",
            "mouthRollLower",
            "mouthRollUpper",
            "mouthShrugLower",
            "mouthShrugUpper",
            "mouthPressLeft",
            "mouthPressRight",
            "mouthLowerDownLeft",
            "mouthLowerDownRight",
            "mouthUpperUpLeft",
            "mouthUpperUpRight",
            "browDownLeft",
            "browDownRight",
            "browInnerUp",
            "browOuterUpLeft",
            "browOuterUpRight",
            "cheekPuff",
            "cheekSquintLeft",
            "cheekSquintRight",
            "noseSneerLeft",
            "noseSneerRight",
            "tongueOut",
        };
        public static readonly string[] Joints =
        {
            "palm",
            "wrist",
            "thumb_metacarpal",
            "thumb_proximal",
            "thumb_distal",
            "thumb_tip",
            "index_metacarpal",
            "index_proximal",
            "index_intermediate",
            "index_distal",
            "index_tip",
            "middle_metacarpal",
            "middle_proximal",
            "middle_intermediate",
            "middle_distal",
            "middle_tip",
            "ring_metacarpal",
            "ring_proximal",
            "ring_intermediate",
            "ring_distal",
            "ring_tip",
            "little_metacarpal",
            "little_proximal",
            "little_intermediate",
            "little_distal",
            "little_tip",
        };
        public static readonly int[] MovableJoints =
        {
            2,
            3,
            4,
            7,
            8,
            9,
            12,
            13,
            14,
            17,
            18,
            19,
            22,
            23,
            24,
        };
        /// <summary>Of a right hand: metres, then a quaternion x y z w.</summary>
        public static readonly double[] GripInWrist =
        {
            -0.001,
            -0.037,
            -0.066,
            0.5,
            0.5,
            0.4999999999999999,
            0.5000000000000001,
        };
        public static readonly ReferenceFinger[] Fingers =
        {
            new ReferenceFinger(
                2, new double[] {-26, -21, -37}, new double[] {33, 34, 25}, new[] {new double[] {-69, 54, 117}, new double[] {0, -4, -10}, new double[] {0, 2, 9}}, new[] {new double[] {-8, -21, -2}, new double[] {0, -4, 0}, new double[] {0, 5, 0}}, null, new double[] {0, 0, 0}, false),
            new ReferenceFinger(
                7, new double[] {-24, -7, -96}, new double[] {38, 24, 22}, new[] {new double[] {-2, 0, 2}, new double[] {0, -1, -3}, new double[] {0, -2, -2}}, new[] {new double[] {0, -2, 2}, new double[] {0, 0, 0}, new double[] {0, -1, 0}}, new double[] {-18, -12, -37}, new double[] {0, 0, 0}, true),
            new ReferenceFinger(
                12, new double[] {-2, -3, -96}, new double[] {43, 28, 25}, new[] {new double[] {-1, 0, 1}, new double[] {0, -1, -1}, new double[] {0, -6, -5}}, new[] {new double[] {0, 1, -2}, new double[] {0, 0, 0}, new double[] {0, 6, 0}}, new double[] {-1, -9, -35}, new double[] {0, 0, 0}, true),
            new ReferenceFinger(
                17, new double[] {17, -6, -89}, new double[] {39, 27, 24}, new[] {new double[] {-1, 0, -3}, new double[] {0, -2, -4}, new double[] {0, -1, 0}}, new[] {new double[] {0, 2, -3}, new double[] {0, 1, 0}, new double[] {0, 4, 0}}, new double[] {15, -6, -35}, new double[] {0, 0, 0}, true),
            new ReferenceFinger(
                22, new double[] {35, -14, -78}, new double[] {31, 20, 22}, new[] {new double[] {-6, -15, -16}, new double[] {0, -7, -4}, new double[] {0, 3, 0}}, new[] {new double[] {0, 2, 1}, new double[] {0, 3, 0}, new double[] {0, 3, 0}}, new double[] {23, -9, -34}, new double[] {-6, -15, -25}, true),
        };
    }
}
